"""What people have and what they comment in: Word, OpenDocument, Markdown, HTML, PDF → a leaflet,
and a leaflet → Word and Markdown.
"""
