import type { Engine } from './engine.ts';
import { reason } from './smoke.ts';
import type { Check } from './smoke.ts';

/** A shell script that runs in the image, as its user and without any capability; each `step` is a check. */
const scripts: ReadonlyMap<string, string> = new Map([
  [
    'ovs',
    `
run=/var/run/openvswitch
step 'the database is made and served'
ovsdb-tool create /tmp/conf.db /usr/share/openvswitch/vswitch.ovsschema
ovsdb-server /tmp/conf.db --remote=punix:$run/db.sock --detach --pidfile --log-file=/tmp/db.log
ovs-vsctl --no-wait init
step 'the switch starts with a dummy datapath'
ovs-vswitchd --enable-dummy=override --disable-system --detach --pidfile --log-file=/tmp/switch.log
step 'a bridge takes a flow and shows it'
ovs-vsctl --timeout=30 add-br br0 -- set bridge br0 datapath_type=dummy
ovs-ofctl add-flow br0 priority=7,actions=drop
ovs-ofctl dump-flows br0 | grep -q priority=7
step 'the health check is content, and is not with a switch that hangs'
healthcheck
kill -STOP $(cat $run/ovs-vswitchd.pid)
if healthcheck; then exit 1; fi
`,
  ],
  [
    'ovn',
    `
step 'its programs start'
ovn-controller --version
ovn-northd --version
step 'both databases are made and served, by the server of the image of ovs'
for db in nb sb; do
    ovsdb-tool create /tmp/$db.db /usr/share/ovn/ovn-$db.ovsschema
    ovsdb-server /tmp/$db.db --remote=punix:/var/run/ovn/ovn\${db}_db.sock --detach \\
        --pidfile=/tmp/$db.pid --unixctl=/tmp/$db.ctl --log-file=/tmp/$db.log
done
step 'northd makes a datapath of a switch'
ovn-northd --detach --pidfile --log-file=/tmp/northd.log
ovn-nbctl --timeout=60 ls-add one
ovn-nbctl --timeout=60 --wait=sb sync
test "$(ovn-sbctl --bare --columns=_uuid list datapath_binding | grep -c .)" = 1
step 'the health check is content, and is not with a northd that hangs'
healthcheck
kill -STOP $(cat /var/run/ovn/ovn-northd.pid)
if healthcheck; then exit 1; fi
`,
  ],
]);

/** Runs the programs of an image that has no API. */
export async function playNative(
  engine: Engine,
  image: string,
  service: string,
): Promise<readonly Check[]> {
  const script = scripts.get(service);
  if (script === undefined) return [];
  const text = `set -e\nstep() { echo "step $1"; }\n${script}\necho done`;
  const limits = ['--network', 'none', '--cap-drop', 'ALL'];
  const ran = await engine.tryDocker(
    ['run', '--rm', '--interactive', ...limits, '--entrypoint', 'sh', image, '-s'],
    { input: text, timeout: 300_000 },
  );
  const steps = [...ran.stdout.matchAll(/^step (.*)$/gm)].map(([, name = '']) => name);
  const last = ran.code === 0 ? '' : reason(new Error(ran.stderr.trim().slice(-400) || 'it ended'));
  return steps.map((name, index) => ({ name, why: index === steps.length - 1 ? last : '' }));
}
