"""Which names are too common to link anything?"""

_FILES = """
.gitignore __init__.py __main__.py app.js app.py app.ts app.tsx app.vue build.gradle cargo.lock cargo.toml
changelog.md conf.py config.js config.json config.py config.ts config.yaml config.yml conftest.py
constants.py constants.ts contributing.md data.json docker-compose.yml e.g go.mod go.sum index.css
index.html index.js index.jsx index.md index.ts index.tsx lib.rs license.md main.c main.cpp main.go
main.java main.js main.py main.rs main.ts manage.py mod.rs models.py next.js node.js package-lock.json
package.json poetry.lock pom.xml pyproject.toml readme.md readme.rst requirements.txt settings.json
settings.py setup.cfg setup.py style.css styles.css test.js test.py tests.py tsconfig.json types.py
types.ts urls.py utils.js utils.py utils.ts views.py vue.js yarn.lock
"""
_PROJECTS = """
AES AMD ANSI API ARM BIP CAT CC CD CET CO COVID CP CPU CSS CUDA CVE CWE DDR DES DIN DVD ECMA EIP EN EP EST
FIPS GB GH GMT GPL GPT GPU H HTML HTTP IBM ID IEC IEEE INTEL IPV ISO JDBC JDK JSR KB KOI LGPL LLAMA LTS MD
MIL MP MPEG MPL MS NIST NTFS OAUTH OCT PEP PI POSIX PPC PS PST PYTHON Q RAM RC RFC RSA RTX SARS SHA SOC
SQL SSD SSE SSL TLS TOP UCS USB UTC UTF UUID VGA VP VT WIN WPA X XEON ZIP
"""
COMMON_FILES = frozenset(_FILES.split())
"""Files of any project, and products that are called like one."""
NO_PROJECTS = frozenset(_PROJECTS.split())
"""What stands before a hyphen and a number without being a project of a tracker."""
