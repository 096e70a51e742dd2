#!/bin/bash
# Opens, or brings up to date, the pull request that moves the base images of $BRANCH. Quiet where
# nothing moved: what is compared is what the Dockerfiles pin, so a proposal that nobody merged stays, and
# it is pushed again only where it says something else or $BRANCH went on.
set -euo pipefail
moved=$(node tools/tools/with-node.mjs tools/scripts/ci/move-bases.ts repository)
[ -n "$moved" ] || { echo "the base images of $BRANCH are what their tags say"; exit 0; }
tools/bin/pinwheel --repo repository lock

cd repository
lane=pinwheel/$BRANCH/bases
git -c user.name=pinwheel -c user.email=pinwheel@users.noreply.github.com \
    commit --all --message "images: base images of today" --message "$moved"
gh auth setup-git
if git fetch --quiet --depth=2 origin "refs/heads/$lane" 2>/dev/null &&
    git diff --quiet FETCH_HEAD HEAD && [ "$(git rev-parse FETCH_HEAD^)" = "$(git rev-parse HEAD^)" ]; then
    echo "the proposal for $BRANCH says that already"
    exit 0
fi
git push --force origin "HEAD:refs/heads/$lane"
body="Every image of $BRANCH is built on these, so all of them are built anew.

$moved"
gh pr edit "$lane" --body "$body" 2>/dev/null ||
    gh pr create --base "$BRANCH" --head "$lane" --title "images: base images of today" --body "$body"
