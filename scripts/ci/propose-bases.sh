#!/bin/bash
# Opens, or brings up to date, the pull request that moves the base images of $BRANCH. Quiet where
# nothing moved: the digest that is compared is the one in FROM, so a proposal that nobody merged stays. It is
# pushed again only where it says something else or $BRANCH went on; what somebody closed is not proposed again.
set -euo pipefail
MOVED=$(node tools/tools/with-node.mjs tools/scripts/ci/move-bases.ts repository)
[ -n "$MOVED" ] || { echo "the base images of $BRANCH are what their tags say"; exit 0; }
export MOVED
tools/bin/pinwheel --repo repository lock

cd repository
lane=pinwheel/$BRANCH/bases
of=(--head "$lane" --base "$BRANCH")
title="images: base images of today"
body="Every image of $BRANCH is built on these, so all of them are built anew.

$MOVED"
open=$(gh pr list "${of[@]}" --state open --json number --jq '.[0].number // empty')
# shellcheck disable=SC2016
closed=$(gh pr list "${of[@]}" --state closed --limit 100 --json body,mergedAt \
    --jq 'any(.[]; .mergedAt == null and (.body | contains($ENV.MOVED)))')
if [ -z "$open" ] && [ "$closed" = true ]; then
    echo "somebody closed the proposal for $BRANCH"
    exit 0
fi
git -c user.name=pinwheel -c user.email=pinwheel@users.noreply.github.com \
    commit --all --message "$title" --message "$MOVED"
gh auth setup-git
if [ -n "$open" ] && git fetch --quiet --depth=2 origin "refs/heads/$lane" &&
    git diff --quiet FETCH_HEAD HEAD && [ "$(git rev-parse FETCH_HEAD^)" = "$(git rev-parse HEAD^)" ]; then
    echo "the proposal for $BRANCH says that already"
    exit 0
fi
git push --force origin "HEAD:refs/heads/$lane"
if [ -n "$open" ]; then
    gh pr edit "$open" --body "$body"
else
    gh pr create "${of[@]}" --title "$title" --body "$body"
fi
