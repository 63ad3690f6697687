"""The wizard in a terminal: screens as text, and two ways to answer, by menus and by numbered prompts."""
