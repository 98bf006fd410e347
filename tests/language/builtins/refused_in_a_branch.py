def ask():
    return int(input('n: '))
def leave(flag):
    if flag: exit(3)
    try: return input()
    except NameError as e: return type(e).__name__
    except EOFError: return 'NameError'
class A:
    def m(self): breakpoint()
try: leave(True)
except SystemExit as e: print(e.code)
try: quit()
except SystemExit as e: print(e.code)
if ext_false(): print(help, license)
f = lambda: input()
'done'
