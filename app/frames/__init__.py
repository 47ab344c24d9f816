"""Everything that the page shows, as data: computed from a session and the answers of models, without Streamlit."""
