"""x"""
def resources(s):
    return []
