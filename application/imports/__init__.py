"""From a hotel's file to guests: read it, map its columns, judge its rows, commit them."""
