# Modules compare some of their constants by identity: it is the same after a pause.
import argparse
import html.entities
import html.parser
import optparse

parser = argparse.ArgumentParser(prog='p', add_help=True)
parser.add_argument('--n', type=int)
parser.add_argument('--quiet', help=argparse.SUPPRESS, default=argparse.SUPPRESS)
old = optparse.OptionParser(prog='o')
old.add_option('--n', type='int')
old.add_option('--quiet', help=optparse.SUPPRESS_HELP)
ext(1)
print(parser.parse_args(['--n', '3']), '--quiet' in parser.format_help())
options, rest = old.parse_args(['--n', '4', 'more'])
print(options.n, rest, '--quiet' in old.format_help())


class Titles(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []

    def handle_data(self, data):
        self.found.append(ext(data))


titles = Titles()
titles.feed('<h1>One</h1>')
ext(2)
titles.feed('<h1>Two &amp; three</h1>')
print(titles.found, html.entities.name2codepoint['amp'], html.unescape('&lt;'))
