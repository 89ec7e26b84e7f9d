"""The cost report for people: one content, as an HTML page, as Markdown and as pictures."""
