"""Parts of the page that several sections use."""
