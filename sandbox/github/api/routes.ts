import { actionsRoutes } from '../actions/routes.ts';
import { deliveryRoutes } from '../hooks/delivery-routes.ts';
import type { Hooks } from '../hooks/hooks.ts';
import { appRoutes, repositoryInstallationRoutes } from './app-routes.ts';
import { ok } from './call.ts';
import type { SiteRoutes } from './call.ts';
import { checkRoutes } from './check-routes.ts';
import { commitRoutes } from './commit-routes.ts';
import { gitRoutes } from './git-routes.ts';
import { issueRoutes } from './issue-routes.ts';
import type { Limiter } from './limits.ts';
import { labelRoutes } from './label-routes.ts';
import { pullRoutes } from './pull-routes.ts';
import { repositoryRoutes } from './repository-routes.ts';
import type { ApiWorld } from './world.ts';

/** All of them. A route that is about no repository takes a call that has one, too. */
export function allRoutes(hooks: Hooks, limiter: Limiter): ApiWorld['routes'] {
  return {
    ...appRoutes,
    ...limitRoutes(limiter),
    ...deliveryRoutes(hooks),
    ...repositoryInstallationRoutes,
    ...actionsRoutes,
    ...checkRoutes,
    ...commitRoutes,
    ...gitRoutes,
    ...issueRoutes,
    ...labelRoutes,
    ...pullRoutes,
    ...repositoryRoutes,
  };
}

function limitRoutes(limiter: Limiter): SiteRoutes {
  return {
    'GET /rate_limit': {
      needs: 'anyone',
      answer: ({ caller }) => {
        const core = limiter.budget(caller);
        return ok({ resources: { core, graphql: core, search: core }, rate: core });
      },
    },
  };
}
