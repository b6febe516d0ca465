"""Starting the portal for a look: data, web server and job worker on one machine."""
