"""Modules with which a script tests and times itself; they run code that is made of text."""

from __future__ import annotations

from typing import Final

from monty_flow.interpreter.modules.module import Definition
from monty_flow.interpreter.modules.scripted import Scripted

_FILES: Final = 'a script has no files of tests'

MODULES: Final[tuple[Definition, ...]] = (
    Definition(
        'doctest',
        scripted=Scripted('doctest'),
        left_out={
            _FILES: 'DocFileCase DocFileSuite DocFileTest testfile script_from_examples testsource debug debug_script debug_src',
            'it belongs to the command and to unittest': 'DocTestCase DocTestSuite SkipDocTestCase set_unittest_reportflags',
            'it is not part of this release; use testmod()': 'DebugRunner DocTestFinder DocTestRunner OutputChecker Tester'
            ' REPORTING_FLAGS REPORT_CDIFF REPORT_NDIFF REPORT_ONLY_FIRST_FAILURE REPORT_UDIFF register_optionflag'
            ' OPTIONFLAGS_BY_NAME BLANKLINE_MARKER ELLIPSIS_MARKER master',
            'it is a part of the module that is not meant for users': 'StringIO difflib inspect linecache namedtuple os pdb'
            ' re sys traceback unittest functools TestCase skip',
        },
    ),
    Definition(
        'timeit',
        scripted=Scripted('timeit'),
        left_out={
            'it is not part of this release': 'default_number default_repeat dummy_src_name main reindent template',
            'it is a part of the module that is not meant for users': 'gc itertools sys time',
        },
    ),
    Definition(
        'unittest',
        # A script's own methods are called by the runner.
        scripted=Scripted(
            'unittest', stopping='setUp tearDown setUpClass tearDownClass run runTest asyncSetUp asyncTearDown'
        ),
        left_out={
            _FILES: 'installHandler registerResult removeHandler removeResult load_tests findTestCases makeSuite'
            ' getTestCaseNames',
            'it is not part of this release': 'BaseTestSuite FunctionTestCase addModuleCleanup doModuleCleanups'
            ' enterModuleContext mock util case loader result runner signals suite async_case',
        },
    ),
)
