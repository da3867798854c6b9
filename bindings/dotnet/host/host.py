"""A .NET runtime and compiler for machines without the .NET SDK.

    host.py layout FOLDER           lay out runtime, compiler and NUnit from packages of npm
    host.py compile FOLDER ARGS…    compile C#; the arguments are those of csc
    host.py run FOLDER APP.dll …    run a program

The packages contain a whole .NET 9 runtime, Roslyn 4.8 (C# 12) and NUnit 3.13. They are pinned by their checksums.
`compile` needs pythonnet, which hosts the compiler. What is compiled this way is for tests only: the SDK builds the package.
"""

import base64
import ctypes
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile

# The package of each part: its name, its version, and the checksum that npm has for it.
PACKAGES = {
    "runtime": (
        "@azure/mcp-linux-x64",
        "0.2.0",
        "a92C081XnCpTY7u1/5BlmFYnmc+g6ZqV2JkLsT7M9gYSMxID8+HR6kJJOfeUUB19vGqOoeGDr1RX6rs39d2x8g==",
    ),
    "compiler": (
        "@typespec/http-client-csharp",
        "1.0.0-alpha.20260929.2",
        "v+v5Qfnwvvs4joh7lIgm7r6Z1DY4DHUb38Gh9NC1JTpUsFx3FGmez9tC01m475j2ccC/SPIv34hzUUr+G6aCSw==",
    ),
    "nunit": (
        "@autorest/csharp",
        "3.0.0-beta.20251203.1",
        "qmdRB695uwzU7Xe7cfP7KATcWJh6wcsmydKbPy17Yo1923VPmnqtHsQ/xHPr97gpzSfuElIv9TZYQIGXXl4KEQ==",
    ),
}

CORE = "Microsoft.NETCore.App"
ASPNET = "Microsoft.AspNetCore.App"


def layout(folder):
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(f"{folder}/tools")
    with tempfile.TemporaryDirectory() as downloads:
        packages = {part: download(part, downloads) for part in PACKAGES}
        lay_out_runtime(f"{packages['runtime']}/dist", f"{folder}/dotnet")
        generator = f"{packages['compiler']}/dist/generator"
        for name in ("Microsoft.CodeAnalysis.dll", "Microsoft.CodeAnalysis.CSharp.dll"):
            shutil.copy(f"{generator}/{name}", f"{folder}/tools")
        shutil.copy(f"{packages['nunit']}/nunit.framework.dll", f"{folder}/tools")


def download(part, folder):
    name, version, checksum = PACKAGES[part]
    command = ["npm", "pack", f"{name}@{version}", "--silent", "--pack-destination", folder]
    archive = os.path.join(folder, subprocess.check_output(command, text=True).strip().splitlines()[-1])
    with open(archive, "rb") as file:
        found = base64.b64encode(hashlib.sha512(file.read()).digest()).decode()
    if found != checksum:
        sys.exit(f"{name} {version} has the checksum {found}, not {checksum}")
    with tarfile.open(archive) as tar:
        tar.extractall(f"{folder}/{part}", filter="data")
    return f"{folder}/{part}/package"


def lay_out_runtime(app, root):
    """Lays the files of a self-contained program out as an installed runtime."""
    with open(next(f"{app}/{name}" for name in os.listdir(app) if name.endswith(".deps.json"))) as file:
        dependencies = json.load(file)
    target = dependencies["runtimeTarget"]["name"]
    for package, files in dependencies["targets"][target].items():
        if not package.startswith("runtimepack."):
            continue
        version = package.split("/")[1]
        framework = CORE if "NETCore" in package else ASPNET
        shared = f"{root}/shared/{framework}/{version}"
        os.makedirs(shared)
        kinds = {kind: files[kind] for kind in ("runtime", "native") if kind in files}
        for name in (name for kind in kinds.values() for name in kind if name != "libhostfxr.so"):
            shutil.copy(f"{app}/{name}", shared)
        if framework == CORE:
            resolver = f"{root}/host/fxr/{version}"
            os.makedirs(resolver)
            shutil.copy(f"{app}/libhostfxr.so", resolver)
        else:
            base = {"runtimeOptions": {"tfm": "net9.0", "framework": {"name": CORE, "version": version}}}
            with open(f"{shared}/{framework}.runtimeconfig.json", "w") as file:
                json.dump(base, file)
        library = f"{framework}/{version}"
        described = {
            "runtimeTarget": {"name": target, "signature": ""},
            "compilationOptions": {},
            "targets": {target.split("/")[0]: {}, target: {library: kinds}},
            "libraries": {library: {"type": "package", "serviceable": True, "sha512": ""}},
        }
        with open(f"{shared}/{framework}.deps.json", "w") as file:
            json.dump(described, file)


def newest(folder):
    return f"{folder}/{sorted(os.listdir(folder))[-1]}"


def references(folder):
    """The assemblies of the frameworks, without their native libraries."""
    for framework in (CORE, ASPNET):
        shared = newest(f"{folder}/dotnet/shared/{framework}")
        for name in sorted(os.listdir(shared)):
            if name.endswith(".dll") and not name.startswith(("api-ms", "clr", "coreclr", "mscor")):
                yield f"-reference:{shared}/{name}"


def compile(folder, arguments):
    import clr_loader
    import pythonnet

    shared = newest(f"{folder}/dotnet/shared/{CORE}")
    with tempfile.NamedTemporaryFile("w", suffix=".runtimeconfig.json", delete=False) as file:
        framework = {"name": CORE, "version": os.path.basename(shared)}
        json.dump({"runtimeOptions": {"tfm": "net9.0", "framework": framework}}, file)
    pythonnet.set_runtime(clr_loader.get_coreclr(runtime_config=file.name, dotnet_root=f"{folder}/dotnet"))
    os.unlink(file.name)
    import clr

    sys.path.append(f"{folder}/tools")
    clr.AddReference("Microsoft.CodeAnalysis")
    clr.AddReference("Microsoft.CodeAnalysis.CSharp")
    from Microsoft.CodeAnalysis import DiagnosticSeverity, MetadataReference, SyntaxTree
    from Microsoft.CodeAnalysis.CSharp import CSharpCommandLineParser, CSharpCompilation, CSharpSyntaxTree
    from Microsoft.CodeAnalysis.Text import SourceText
    from System import String
    from System.Collections.Generic import List
    from System.IO import File
    from System.Text import Encoding
    from System.Threading import CancellationToken

    def listed(kind, values):
        made = List[kind]()
        for value in values:
            made.Add(value)
        return made

    given = CSharpCommandLineParser.Default.Parse(
        listed(String, [*references(folder), *arguments]), os.getcwd(), None, None
    )
    if given.Errors.Length:
        sys.exit("\n".join(str(error) for error in given.Errors))

    def tree(source):
        with open(source.Path, "rb") as file:
            text = SourceText.From(file.read().decode("utf-8-sig"), Encoding.UTF8)
        return CSharpSyntaxTree.ParseText(text, given.ParseOptions, source.Path)

    loaded = []
    for reference in given.MetadataReferences:
        try:
            loaded.append(MetadataReference.CreateFromFile(os.path.abspath(reference.Reference), reference.Properties))
        except Exception as problem:
            sys.exit(f"{reference.Reference}: {problem}")
    output = os.path.join(given.OutputDirectory, given.OutputFileName)
    compilation = CSharpCompilation.Create(
        given.CompilationName or os.path.splitext(given.OutputFileName)[0],
        listed(SyntaxTree, [tree(source) for source in given.SourceFiles]),
        listed(MetadataReference, loaded),
        given.CompilationOptions,
    )
    documentation = File.Create(given.DocumentationPath) if given.DocumentationPath else None
    assembly = File.Create(output)
    result = compilation.Emit(
        assembly, None, documentation, None, None, given.EmitOptions, None, None, None, CancellationToken(False)
    )
    for file in (assembly, documentation):
        if file is not None:
            file.Close()
    for diagnostic in result.Diagnostics:
        if diagnostic.Severity != DiagnosticSeverity.Hidden and not diagnostic.IsSuppressed:
            print(diagnostic.ToString())
    if not result.Success:
        os.unlink(output)
        sys.exit(1)


def execute(folder, arguments):
    """Runs a program as `dotnet` does, which is not among the packages."""
    app = arguments[0]
    configuration = f"{os.path.splitext(app)[0]}.runtimeconfig.json"
    frameworks = [
        {"name": name, "version": os.path.basename(newest(f"{folder}/dotnet/shared/{name}"))} for name in (CORE, ASPNET)
    ]
    with open(configuration, "w") as file:
        json.dump({"runtimeOptions": {"tfm": "net9.0", "frameworks": frameworks}}, file)
    root = f"{folder}/dotnet"
    host = ctypes.CDLL(f"{newest(f'{root}/host/fxr')}/libhostfxr.so")
    words = [word.encode() for word in (f"{root}/dotnet", *arguments)]
    values = (ctypes.c_char_p * len(words))(*words)
    sys.exit(host.hostfxr_main_startupinfo(len(words), values, words[0], root.encode(), b""))


if __name__ == "__main__":
    task, folder, *rest = sys.argv[1:]
    folder = os.path.abspath(folder)
    {"layout": lambda: layout(folder), "compile": lambda: compile(folder, rest), "run": lambda: execute(folder, rest)}[
        task
    ]()
