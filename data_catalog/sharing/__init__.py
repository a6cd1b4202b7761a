"""Views that were kept (`views`) or shown to others by a link (`links`), as rows; SQL only.

Secrets arrive hashed; who may see which row is asked by whoever calls.
"""
