"""The attributes with one leading underscore that objects of our own runtime and of Python's library have.

A script's own `self._x` is read natively, unless the name stands here: then a helper asks first whose object it is
(`attributes.py`). The names are written down, so that the answer needs none of the classes to be loaded and is the same
in every process; a test enumerates all classes of the interpreter and fails on a name that is missing here.
"""

from __future__ import annotations

from typing import Final

#: Those of the interpreter's own classes.
OURS: Final = frozenset((
    '_abc_impl _accepts _access _add _add_hash _add_init _add_methods _add_scalars _advance _algorithm _alive '
    '_alike _all _all_of _answer_here _answered _args _arguments _ascii _asdict _assigned _at _at_once _at_work _attribute _base _before _begun_anew _below _between '
    '_bind _blake _bound _build_all _build_deferred _built _by_attributes _by_class _bytes _bytes_arguments _call _callback _callbacks _callee '
    '_calls _calls_type _candidates _careful _cased _category _charge _charged _check _check_digits '
    '_check_exponent _check_groups _check_live _check_modular _check_sequence '
    '_checked _checked_template _checks _choose _clock _close _closed _cls _code _codes _compare _compared _compile '
    '_compiled _computed _container _contents _context _copies _coroutine _count _counts _current _data _default _deferred '
    '_depth _derived _describe _described _directory _drain _due _easy_keys _encode _encoding _engine _enter _entries _exception '
    '_export _extend _externals _extras _factor _fed _field _field_defaults _field_of _field_type _fields _fields_ _file _fill '
    '_fill_bytearray _fill_dict _fill_list _fill_set _fills _finish _first _fits _following _formatted _formatter _found _frames _frozen '
    '_frozen_at _frozen_of_known _function _functions _generate_next_value_ _generator _give_files _given _given_or_now '
    '_go_below _go_on _group _has_leaves_only _hash _hashed _hashing _head _hits _host_entry _hosts _how _ids _index _indices _initialise '
    '_inherited _instance _is_bound_anywhere _is_hidden _is_lazy _item _iterate _iterator '
    '_keep_positive _kept _key _keys _kind _kind_of_function _kinds _known _kwargs _last _last_fills _layout '
    '_left _length _level _library _limit _lines _link _literal _load _lock _look _made _make _maxsize _member '
    '_may_stop _members _memo _method _methods _misses _missing_ _mode _moment _mount_of _mounts _name _named _names '
    '_native _native_base _native_kind _new _newline _next _nodes _note _number _objects _of _of_script _once '
    '_of_cpython _of_items _of_members _of_metaclass _open _open_long _opened _opening _operate _options _os_access _own_fields _owned _owner _pad _paid _pair '
    '_pair_blocks _pair_definitions _pair_lists _pair_rest _parameters _params _parent _part _parts _path '
    '_patterns _pause_request _pay _pay_slice _pending _pieces _place _place_shell _plain _pool _pools '
    '_prefix_builtins _prelude_needed _print_callback _program _property _provide _put_given _put_keys _queue _r '
    '_randbelow _randbelow_with_getrandbits _randbelow_without_getrandbits _random _read _reader _records _reduce _refusal '
    '_regs _remember _remove _render _renumbered _repeated _replace _request _reserve_names _reserve_replaced _reserve_text _resolve '
    '_parametrised _rest _rest_key _rest_value _results _resumed _reverse _room _rows _run _run_fills _running _same _same_size '
    '_saved _scan _scope _seconds_left _secrets _selectors _set _settle _show_names _shown _signature _single '
    '_size _sized _skip_keys _sleep _slots _slow _source _sources _started _state _state_frames _states _step '
    '_stop _stopping _stops_by_place _stranger _stream _strict _stripped _substituting _table _take _target _tell _template _text _text_size '
    '_texts _todo _too_long _topdown _total _translated _trees _typed _unpacked _updated _use _used _value _values _variables _view '
    '_waits _weigh _weights _where _wrapped _writer'
).split())  # fmt: skip
#: Those of classes of Python's that the interpreter's modules name, on any version of Python.
PYTHONS: Final = frozenset((
    '_SequenceMatcher__chain_b _apply _attributes _b_base_ _b_needsfree_ _checkClosed _checkReadable '
    '_checkSeekable _checkWritable _co_code_adaptive _commit_removals _create_cb_wrapper _create_exit_wrapper '
    '_denominator _div _divmod _field_types _floordiv _format_float_style _format_general _from_coprime_ints '
    '_from_iterable _is_protocol _is_runtime_protocol _join _mod _mul _numerator _operator_fallbacks '
    '_push_cm_exit _push_exit_callback _repr_iterable _richcmp _sub _unpickle _varname_from_oparg _weak_cache'
).split())  # fmt: skip
PRIVATE_NAMES: Final = OURS | PYTHONS
