"""Start with `streamlit run app.py` or `python app.py`: this file is both the server and the script of its pages."""

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

if get_script_run_ctx(suppress_warning=True) is None:
    from seqviz.ui.server import MIDDLEWARE, ROUTES, lifespan

    app = st.App(__file__, routes=ROUTES, lifespan=lifespan, middleware=MIDDLEWARE)
    if __name__ == "__main__":
        app.run()
else:
    from seqviz.ui.navigation import run

    run()
