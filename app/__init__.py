"""The command line and the Streamlit design page."""
