import importlib.util

from control_plane.core import crypto


def test_passwords_cost_who_guesses_them_what_owasp_asks_for() -> None:
    """As the module has it by itself: the tests' own hasher is a quick one."""
    spec = importlib.util.spec_from_file_location("untouched", crypto.__file__)
    assert spec is not None
    assert spec.loader is not None
    untouched = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(untouched)
    hashed = untouched.hash_password("correct horse battery staple")
    assert hashed.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert crypto.password_matches("correct horse battery staple", hashed)
    assert crypto.password_needs_rehash(hashed)
