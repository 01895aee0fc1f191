"""Asks an Amazon WorkMail endpoint whether it does what the service model says.

The model is botocore's `workmail/2017-10-01`, read from the installed package. Nothing here knows who made the
endpoint.
"""
