"""The plugin ``acme``: each module here is a rule."""
