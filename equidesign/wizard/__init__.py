"""Wizard: questions in plain words that end in a request. Pure: nothing here knows a terminal."""
