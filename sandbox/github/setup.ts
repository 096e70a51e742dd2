import { runGit } from '../git.ts';
import type { Runner } from './actions/nouns.ts';
import { actionsOf } from './actions/workflows.ts';
import { addAccount } from './acts/accounts.ts';
import {
  acceptPermissions,
  installApp,
  registerApp,
  selectRepositories,
  suspendInstallation,
  uninstallApp,
  unsuspendInstallation,
} from './acts/apps.ts';
import type { NewApp } from './acts/apps.ts';
import { pushFiles } from './acts/commits.ts';
import type { NewFile } from './acts/commits.ts';
import { createRepository } from './acts/repositories.ts';
import type { Delivery } from './hooks/delivery.ts';
import type { Hooks } from './hooks/hooks.ts';
import type { Account, App, Installation, Repository, Role } from './state/nouns.ts';
import { accountOf, findRepository } from './state/site.ts';
import type { Site } from './state/site.ts';

interface RepositorySetup {
  /** `owner/name`; the owner is made as an organization where there is none. */
  readonly name: string;
  /** What the first commit holds. */
  readonly files?: Readonly<Record<string, NewFile>>;
  /** A repository on disk to copy branches and tags from. */
  readonly from?: string;
  readonly defaultBranch?: string;
  readonly private?: boolean;
  /** Roles by login; accounts are made where there are none. */
  readonly people?: Readonly<Record<string, Role>>;
}

type AppSetup = Omit<NewApp, 'owner'> & { readonly owner?: string };

/** How a world is furnished before a story begins. */
export interface Setup {
  addUser(login: string, name?: string): Account;
  addOrganization(login: string, owners?: readonly string[]): Account;
  addRepository(setup: RepositorySetup): Promise<Repository>;
  addApp(setup: AppSetup): App;
  /** On all repositories of the account, or on those named. */
  install(app: App, account: string, repositories?: readonly string[]): Installation;
  uninstall(installation: Installation): void;
  suspend(installation: Installation): void;
  unsuspend(installation: Installation): void;
  /** Agrees to permissions and events that the App asks for by now. */
  accept(installation: Installation): void;
  /** Changes the selection of an installation. */
  select(
    installation: Installation,
    change: { readonly added?: readonly string[]; readonly removed?: readonly string[] },
  ): void;
  /** What the runners of a repository do with its workflows, and how late lists know of a run. */
  runActions(fullName: string, runner: Runner, listLag?: number): void;
  /** Where webhooks go from now on. */
  setWebhook(app: App, url: string | null): void;
  ping(app: App): void;
  /** The App's delivery log, newest first. */
  deliveries(app: App): readonly Delivery[];
  redeliver(delivery: Delivery): void;
}

export function makeSetup(site: Site, hooks: Hooks): Setup {
  return {
    addUser: (login, name) => {
      return addAccount(site, { login, type: 'User', ...(name !== undefined && { name }) });
    },
    addOrganization: (login, owners = []) => addOrganization(site, login, owners),
    addRepository: (setup) => site.turn(() => addRepository(site, setup)),
    addApp: ({ owner, ...fields }) => {
      const account = addAccount(site, { login: owner ?? 'pinwheel-makers', type: 'Organization' });
      return registerApp(site, { ...fields, owner: account });
    },
    ...installationSetup(site),
    runActions: (fullName, runner, listLag = 0) => {
      const repository = repositoryOf(site, '', fullName);
      Object.assign(actionsOf({ site, repository }), { runner, listLag });
    },
    setWebhook: (app, url) => {
      app.webhookUrl = url;
    },
    ping: (app) => {
      hooks.ping(app);
    },
    deliveries: (app) => hooks.deliveries(app),
    redeliver: (delivery) => {
      hooks.redeliver(delivery);
    },
  };
}

type InstallationActs = 'install' | 'uninstall' | 'suspend' | 'unsuspend' | 'accept' | 'select';

function installationSetup(site: Site): Pick<Setup, InstallationActs> {
  return {
    install: (app, login, names) => {
      const account = accountOf(site, login);
      const repositories = names?.map((name) => repositoryOf(site, login, name));
      const by = ownerOf(site, account);
      return installApp(site, { app, account, by, ...(repositories && { repositories }) });
    },
    uninstall: (installation) => {
      uninstallApp(site, installation, ownerOf(site, installation.account));
    },
    suspend: (installation) => {
      suspendInstallation(site, installation, ownerOf(site, installation.account));
    },
    unsuspend: (installation) => {
      unsuspendInstallation(site, installation, ownerOf(site, installation.account));
    },
    accept: (installation) => {
      acceptPermissions(site, installation, ownerOf(site, installation.account));
    },
    select: (installation, { added = [], removed = [] }) => {
      const { login } = installation.account;
      selectRepositories(site, installation, {
        added: added.map((name) => repositoryOf(site, login, name)),
        removed: removed.map((name) => repositoryOf(site, login, name)),
        by: ownerOf(site, installation.account),
      });
    },
  };
}

/** A person who speaks for an account: an organization's first owner. */
function ownerOf(site: Site, account: Account): Account {
  const [login] = [...account.members].find(([, role]) => role === 'admin') ?? [];
  return login === undefined ? account : accountOf(site, login);
}

function repositoryOf(site: Site, owner: string, name: string): Repository {
  const found = findRepository(site, name.includes('/') ? name : `${owner}/${name}`);
  if (!found) throw new Error(`there is no repository ${owner}/${name}`);
  return found;
}

function addOrganization(site: Site, login: string, owners: readonly string[]): Account {
  const account = addAccount(site, { login, type: 'Organization' });
  for (const owner of owners) {
    account.members.set(addAccount(site, { login: owner, type: 'User' }).login, 'admin');
  }
  return account;
}

async function addRepository(site: Site, setup: RepositorySetup): Promise<Repository> {
  const [ownerLogin = '', name = ''] = setup.name.split('/');
  const owner = addAccount(site, { login: ownerLogin, type: 'Organization' });
  const collaborators = setup.people ?? {};
  for (const login of Object.keys(collaborators)) addAccount(site, { login, type: 'User' });
  const repository = await createRepository(site, {
    ...{ owner, name, collaborators, private: setup.private === true },
    ...(setup.defaultBranch !== undefined && { defaultBranch: setup.defaultBranch }),
  });
  if (setup.from !== undefined) {
    const refs = ['+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*'];
    await runGit(['-C', repository.dir, 'fetch', '--quiet', setup.from, ...refs]);
  }
  const { files } = setup;
  if (files) {
    const scene = { site, repository, actor: owner };
    const branch = repository.defaultBranch;
    await pushFiles(scene, { branch, files, message: 'First commit' });
  }
  return repository;
}
