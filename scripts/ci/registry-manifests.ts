import { runCommand } from '../command.ts';
import type { Children } from './retention.ts';

/** What the manifests of an image consist of, as its registry has them; the engine is logged in there. */
export function manifestChildren(image: string): Children {
  return async (digest) => {
    const words = ['imagetools', 'inspect', '--raw', `${image}@${digest}`];
    const manifest = JSON.parse(await runCommand(['docker', 'buildx', ...words])) as {
      readonly manifests?: readonly { readonly digest: string }[];
    };
    return (manifest.manifests ?? []).map((child) => child.digest);
  };
}
