"""stub"""
VERSION = "1"
