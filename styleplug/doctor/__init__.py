"""Examining this machine: would a transfer work here, and if not, what is missing?"""
