"""The edits of the page: functions from a session to the next one, without Streamlit."""
