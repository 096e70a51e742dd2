import type { Engine } from '../tools/images/engine.ts';
import { unpackedBytes } from '../tools/images/size.ts';

/** Bytes of packages as dpkg counts them, of Python's as their lists of files do, and of bytecode. */
const count = `
import importlib.metadata, os, subprocess
sizes = subprocess.run(["dpkg-query", "-W", "-f", "\${Installed-Size}\\n"], capture_output=True, text=True)
system = sum(int(size) * 1024 for size in sizes.stdout.split())
python = 0
for distribution in importlib.metadata.distributions(path=__import__("glob").glob("/var/lib/openstack/lib/python*/site-packages")):
    for file in distribution.files or []:
        path = distribution.locate_file(file)
        if os.path.isfile(path) and not str(path).endswith(".pyc"):
            python += os.stat(path).st_size
bytecode = 0
for folder, _, names in os.walk("/var/lib/openstack"):
    bytecode += sum(os.stat(os.path.join(folder, name)).st_size for name in names if name.endswith(".pyc"))
print(system, python, bytecode)
`;

/** How large an image is beside the sum of what is installed in it, in words. */
export async function contentsOf(engine: Engine, image: string): Promise<string> {
  const call = ['run', '--rm', '--network=none', '--user=0', '--entrypoint=python3', image];
  const said = await engine.docker([...call, '-I', '-c', count]);
  const [system = 0, python = 0, bytecode = 0] = said
    .split(' ')
    .map((bytes) => Number(bytes) / 1e6);
  const whole = (await unpackedBytes(engine, image)) / 1e6;
  const installed = system + python + bytecode;
  const parts = [system, python, bytecode].map((one) => one.toFixed(0)).join(' + ');
  return `${whole.toFixed(0)} MB; system packages + Python + bytecode are ${parts} = ${installed.toFixed(0)} MB (${(whole / installed).toFixed(2)})`;
}
