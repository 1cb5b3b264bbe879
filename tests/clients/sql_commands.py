# Takes a text apart into the commands that are in it, independently of pgrec: what of quotes and comments PostgreSQL's
# lexer has, with standard_conforming_strings on.
import re

_LEXEME = re.compile(r"""
    (?P<comment> --[^\n]* )
  | (?P<block> /\* )
  | (?P<string> (?:[eE]'(?:[^'\\]|\\.|'')*' | '(?:[^']|'')*' | "(?:[^"]|"")*") )
  | (?P<dollar> \$(?P<tag>[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*|)\$ .*? \$(?P=tag)\$ )
  | (?P<word> [A-Za-z_\u0080-\uffff0-9][\w$\u0080-\uffff]* )
  | (?P<blank> \s+ )
  | (?P<other> . )
""", re.S | re.X)


def _end_of_block(text, at):
    depth = 0
    for mark in re.compile(r"/\*|\*/").finditer(text, at):
        depth += 1 if mark[0] == "/*" else -1
        if depth == 0:
            return mark.end()
    return len(text)


def commands_of(text):
    """Each command, without the blanks around it; the text itself where there is one command only."""
    commands, begin, at, anything, depth = [], 0, 0, False, 0
    while at < len(text):
        lexeme = _LEXEME.match(text, at)
        at = _end_of_block(text, at) if lexeme["block"] else lexeme.end()
        if lexeme["comment"] or lexeme["block"] or lexeme["blank"]:
            continue
        if lexeme["word"]:
            word = lexeme[0].upper()
            # BEGIN ATOMIC ... END, and CASE ... END within.
            if depth == 0 and word == "ATOMIC" and re.search(r"\bBEGIN\s+$", text[:lexeme.start()], re.I):
                depth = 1
            elif depth and word in ("CASE", "END"):
                depth += 1 if word == "CASE" else -1
        if lexeme[0] in "()":
            depth += 1 if lexeme[0] == "(" else -1
        if lexeme[0] == ";" and depth == 0:
            if anything:
                commands.append(text[begin:lexeme.start()].strip())
            begin, anything = at, False
        else:
            anything = True
    if anything:
        commands.append(text[begin:].strip())
    return [text] if len(commands) == 1 else commands
