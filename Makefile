.PHONY: run test check web bench clean

run: ; @scripts/run

test: ; @scripts/setup test && scripts/test

check: ; @scripts/setup run && scripts/check

web: ; @STEPS=3 scripts/setup run && STEPS=3 STEP_DONE=2 scripts/web

bench: ; @scripts/setup bench && scripts/bench

clean: ; @cargo clean && rm -rf web/dist web/node_modules tests/e2e/results
