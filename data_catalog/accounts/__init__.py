"""Accounts as rows: people, their sign-ins, keys, codes and failed attempts; SQL only.

What is secret arrives here hashed: `pfd_panel.accounts` makes and checks it. Every function takes an open session.
"""
