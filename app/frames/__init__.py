"""Everything that the page shows, computed from a session and from what models and flows say, without Streamlit."""
