"""Statistics of a scheme: counted by a job, stored with their moment, shown as tables with charts beside them."""
