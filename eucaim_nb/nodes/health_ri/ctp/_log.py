"""The log of CTP."""


def quiet_log() -> str:
    """Return settings that log warnings, and of the start what tells its version.

    At DEBUG, CTP writes the values of headers and look-up keys to its log, and sends to quarantine what it could not
    send because a connection failed, instead of trying again.
    """
    return "\n".join(
        [
            "log4j.rootLogger = ERROR, file",
            "log4j.appender.file = org.apache.log4j.FileAppender",
            "log4j.appender.file.File = logs/ctp.log",
            "log4j.appender.file.layout = org.apache.log4j.PatternLayout",
            "log4j.appender.file.layout.ConversionPattern = %d{HH:mm:ss} %-5p [%c{1}] %m%n",
            "log4j.logger.org.rsna = WARN",
            "",
        ]
    )
