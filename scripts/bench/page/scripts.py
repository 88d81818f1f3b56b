"""Small Streamlit pages to compare with, and one that times the dashboard's own script."""

EMPTY = "import streamlit as st\nst.title('empty')\n"

BARE = """
import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

st.set_page_config(layout="wide")
x = np.arange(100)
for place in range(6):
    st.plotly_chart(go.Figure(go.Scatter(x=x, y=np.sin(x / (place + 1)))), key=f"chart-{place}")
for place in range(4):
    st.dataframe(pd.DataFrame(np.outer(np.arange(20), np.arange(8)) + place), key=f"table-{place}")
"""
"""Six charts of a hundred points and four tables of twenty rows, with nothing computed."""

TIMED = """
import sys
import time

start = time.perf_counter()
known = sys.modules.get("alm.screen.main")
if known is None:
    import alm.screen.main
else:
    known.main()
with open({file!r}, "a") as times:
    print(time.perf_counter() - start, file=times)
"""
"""The dashboard's script as the server runs it, with its seconds written down."""

IMPORTS = """
import time
start = time.perf_counter()
import dashboard, alm.screen.loading, alm.screen.morning
print(time.perf_counter() - start)
"""
"""What the verdict needs, through the door that a server uses."""

LIBRARIES = """
import time
start = time.perf_counter()
import streamlit, pandas, sqlalchemy
print(time.perf_counter() - start)
"""
