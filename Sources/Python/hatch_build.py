"""Builds the library that the package calls, with swift, and puts it into the wheel.

`python3 hatch_build.py` builds it alone and prints where it is.
"""

from __future__ import annotations

import os
import platform
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SCRATCH = ROOT / ".build-c"


def output(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def linux_flags() -> list[str]:
    """The Swift runtime is linked in, so that the file runs without it; what is not in the header stays hidden."""
    link = [
        f"--version-script={ROOT / 'Sources/IsoflopC/exports.map'}",
        # The tools of the build are linked with the same flags, and have none of the functions.
        "--undefined-version",
        "--gc-sections",
        "--strip-all",
        # DT_RPATH, which holds for what the library's libraries need too.
        "-rpath=$ORIGIN",
        "--disable-new-dtags",
    ]
    flags = ["-Xswiftc", "-static-stdlib", "-Xswiftc", "-use-ld=lld"]
    for flag in link:
        flags += ["-Xlinker", flag]
    return flags


#: What every Linux that the wheel's tag names has; anything else that the library needs goes into the wheel.
SYSTEM = ("linux-vdso", "ld-linux", "libc.", "libm.", "libdl.", "libpthread.", "librt.", "libstdc++.", "libgcc_s.")


def bundled(library: Path) -> list[Path]:
    """hwloc, and what that needs: found beside the library, by its DT_RPATH, on a machine that has none of them."""
    if platform.system() != "Linux":
        return []
    needed = re.findall(r"(\S+) => (/\S+)", output("ldd", str(library)))
    return [Path(path) for name, path in needed if not name.startswith(SYSTEM)]


def build_library() -> Path:
    """Builds the dynamic library and returns its path."""
    swift = shlex.split(os.environ.get("SWIFT", "swift"))
    if shutil.which(swift[0]) is None:
        raise SystemExit(
            "isoflop: no Swift toolchain found: install Swift 6.2 or later from https://www.swift.org/install, "
            "or install a wheel that was built elsewhere (make wheel)"
        )
    # Installs hwloc and pkg-config where they are missing, and says so.
    subprocess.run([ROOT / ".ci" / "setup"], check=True, cwd=ROOT, stdout=sys.stderr)
    linux = platform.system() == "Linux"
    command = [*swift, "build", "-c", "release", "--product", "IsoflopC", "--scratch-path", str(SCRATCH)]
    command += linux_flags() if linux else []
    print("isoflop:", shlex.join(command), file=sys.stderr)
    subprocess.run(command, check=True, cwd=ROOT, stdout=sys.stderr)
    return SCRATCH / "release" / ("libIsoflopC.so" if linux else "libIsoflopC.dylib")


def wheel_tag(files: list[Path]) -> str:
    """One wheel for every Python 3; on Linux for every system whose C library has the symbols that the files use."""
    system = sysconfig.get_platform().replace("-", "_").replace(".", "_")
    if platform.system() == "Linux" and platform.libc_ver()[0] == "glibc":
        versions = [found for file in files for found in re.findall(rb"GLIBC_(\d+)\.(\d+)", file.read_bytes())]
        major, minor = max((int(major), int(minor)) for major, minor in versions)
        system = f"manylinux_{major}_{minor}_{platform.machine()}"
    return f"py3-none-{system}"


def get_build_hook() -> type:
    """What hatchling asks this file for; run as a script, it needs no hatchling."""
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface

    class LibraryHook(BuildHookInterface[Any]):
        def initialize(self, version: str, build_data: dict[str, Any]) -> None:
            if self.target_name != "wheel":
                return
            library = build_library()
            files = [library, *bundled(library)]
            build_data["pure_python"] = False
            build_data["tag"] = wheel_tag(files)
            for file in files:
                build_data["force_include"][str(file)] = f"isoflop/{file.name}"

    return LibraryHook


if __name__ == "__main__":
    print(build_library())
