"""One property a module: each has ``check(context)``, which yields rows."""
