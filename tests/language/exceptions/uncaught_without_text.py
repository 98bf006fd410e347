try:
    raise ValueError(ext(1))
except ValueError:
    ext_none()
    raise NotImplementedError
