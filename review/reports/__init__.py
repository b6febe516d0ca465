"""Ready-made reports for the office: workbooks of figures and lists, each as it stood at one moment."""
