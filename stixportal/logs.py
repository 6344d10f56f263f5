"""What is logged where: lines for people on the console, one JSON object a line in a file."""


def configuration(level, folder):
    """The dictionary for `logging.config`.

    Parameters
    ----------
    level : str
        Least severe message that is logged.
    folder : Path
        Where the files of the log lie.
    """
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "format": "{asctime}Z {levelname} {name}: {message}",
                "style": "{",
                "datefmt": "%Y-%m-%dT%H:%M:%S",
            }
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": level},
    }
