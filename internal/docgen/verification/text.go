package verification

const introText = `# Verification

Written by ` + "`make verification`" + `, which measures again. This run: %s. Times of one run on a shared machine: look at the orders of magnitude, and measure on
your own. States, steps, depths, mutants and ways do not depend on the machine.

` + "`khp explore`" + ` visits every state that the machines of package fsm can reach together with what surrounds them, for all limits at once or within bounds of their counters, in breadth-first order. What
is explored is what runs: the same tables, the same step function. A state of a model is the state of the machines, what an honest driver of them would know (connection, timers, what was asked of the
application), what is under way in the network, and just enough of the past to check properties.

- **Properties** hold at every step, always, sometimes, or come about ("leads to"); and nothing is ever stuck. Each carries the id of docs/properties.tsv or docs/requirements.tsv.
- **Obligations** are properties too: what a machine owes for each event, and which timers run in each phase. A machine that does nothing breaks no prohibition.
- **All limits at once** is the default. All that a machine asks of a count is whether anything is left of its limit, so a count is "left" or "none", and where one is spent it may be either; failure
  and status decide nothing and are left out. Every run with any limits is a run of that model, which a test checks. Of a single machine all configurations are explored, 768 of a client. ` + "`--bounds`" + `
  names limits that are numbers: to count states, and for the shortest ways.
- **Leads to** means: every run that takes fair steps as long as there are any gets there. Fair are the steps that nobody can put off for ever: a timer that runs runs out, a message under way arrives,
  a host dials what it was told to dial. An application or a peer may stay silent for ever. The check keeps the states from which every run gets there, backwards from the goal; in a space
  whose runs could go in larger circles outside the goal it would rather complain than miss something. Without limits runs do go in circles, of redirects for example; each of them spends what there is an
  end of, so no run goes on in it for ever.
- **Cooperation**: that a good server is always reached (LIV-03 to LIV-05) holds only where nothing is cut and nobody gives up. That model has no other runs.
- **The shortest way** to each violation is found again by taking the steps once more. Results do not depend on how many workers there are.
- **Memory**: the set of visited states holds a fingerprint of 64 bits a state and a table of four bytes a slot. Another four bytes a state say where it was first reached from, and
  leads-to properties need four bytes a step. The states still to be looked at are kept as their encodings. The probability that two states share a fingerprint is in the table; ` + "`--exact`" + ` keeps
  whole states instead, and other fingerprints (` + "`--seed`" + `) confirm a run.
`

const guardsText = `
## What protects what

| tool | what it protects | what it cannot see |
| --- | --- | --- |
| oracle (package sim/oracle; ` + "`go test ./fsm -run TestOracle`" + `) | every verdict, effect, state and timer of both tables, and the status table, against a second reading of the requirements | a mistake that both readings share; what a difference is bad for |
| oracle in exploration (` + "`khp explore`" + `, property ORACLE) | the same at every step of every model, with limits and without: the product of machine and oracle | the same |
| exploration (` + "`khp explore`" + `) | the properties and obligations, in every reachable state, for all limits and configurations; that what is promised comes about | what no property speaks of: which of several causes of an end goes first |
| proof (` + "`make prove`" + `, [invariants.md](invariants.md)) | the safety properties from arbitrary states, also such that no run reaches, for all limits and configurations; it does not depend on which events a model offers with which findings | promises; pairs |
| seeded mistakes (` + "`go test ./sim/model`" + `) | the properties themselves: each of every model is broken by a mistake, without the oracle, and which steps count as fair is listed once more | changes of single rows: mutants |
| Spin (` + "`make spin`" + `) | the explorer: the same states in another tool, each of them | the byzantine models |
| mutants (` + "`make mutate`" + `, ` + "`make mutate-explore`" + `, ` + "`make mutate-tools`" + `) | oracle and explorer: each cell changed must be noticed, also cells that do nothing, the order of effects and rows, effects and marks added | the glue around the tables |
| requirements broken (` + "`make traced`" + `) | the tests: for each requirement that is no exception, one that names it fails when it is broken | what no requirement says |
| faults of the glue (` + "`make mutate-glue`" + `, [below](#faults-of-the-glue)) | the tests of everything between machine and socket: a statement dropped, two swapped, a guard gone, a bound moved, a copy kept must be noticed by a named test | mistakes of more than one line |
| model of the driver (` + "`go test ./endpoint/driver -run RefinesModel`" + `) | package driver, against a second reading of its duties: the same random calls, also from inside of orders and with writes that fail, give the same orders in the same order | what the endpoint below makes of them |
| ghosts (` + "`make ghost`" + `, internal/ghost) | each call of an endpoint in the tests of endpoint, driver, adapter and transport, and in fuzz targets: a second digest of its arguments, stepped through fsm, must order the same outputs with the same content, lead to the same state, and give the same deadline by timers of its own | parsers and rules on the content of heads, which both use; words of errors; why a decision is refused |
| interleavings (internal/interleave; ` + "`go test -run Interleavings ./transport/...`" + `) | what runs at the same time: the loop of a handshake, the watcher of contexts, the methods of Conn and a relay; every schedule with few preemptions, and seeded faults: a lost wake-up, a double close, a message after the end | code without locks, flags or channels between its shared steps; memory models |
| traces of all tests (internal/watch) | every handshake that a test of transport, its adapters, the conformance suite or ` + "`khp`" + ` itself makes: its trace must be a path of the machines, and its orders keep the invariants | bytes that are not recorded: frames, and what follows open |
| simulation, scenarios, the monitor of package sim/network | bytes, time and the endpoints between machine and socket; a test provokes every sentence of the monitor | real sockets |
| replay, captures, interop | what is recorded on real connections, against the same tables | what was not recorded |

The product of machine and oracle has the states of the machine alone: the memory of the oracle is read off the state of the machine, and if the start agrees and every step leads from agreement to
agreement, all runs agree. Of a mistake that breaks a property, too, the property is told first: it says what the mistake is bad for.

Breaking a cell is noticed by the oracle always. By a second tool it is noticed if a property speaks of it (exploration, proof), or bytes show it (scenarios, cases, tests of endpoint); [mutants](#mutants) are counted by class, with what one tool alone
notices. Close codes, failures and statuses have a property of their own, CAUSE: each is such as the event can cause, by what a failure means and by kind of event, whatever the table says; which of several causes goes first is left to the oracle. That orders stand where
a driver can carry them out is part of TOTAL.

## Beside other tools

What each of them does by itself, as far as the documentation named below says; "no" means that it says nothing of it:

| | khp | TLC[^tlc] | Spin[^spin] | Stateright[^stateright] | P[^p] | Coyote[^coyote] | FoundationDB's simulation[^fdb] | etcd/raft[^raft] |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
| what is checked | the tables and the step function that run; the driver by refinement | a TLA+ specification | a Promela model | actors in Rust, which can run on a network, too | a P program, from which code can be made | the .NET program, rewritten | the database itself | a TLA+ specification; traces of the program against it |
| search | every reachable state | every reachable state; random runs | every reachable state; part of them by hashing | every reachable state | schedules, picked; every reachable state by PEx | schedules, picked; depth first | schedules and faults, random | every reachable state, by TLC; scripted scenarios |
| all parameter values | yes, by abstraction and by proof | no; constants have values | no | no | by PVerifier | no | no | no |
| proof from any state | yes, z3 | not TLC; Apalache for bounded parameters, TLAPS | no | no | PVerifier | no: "not a verification system" | no | no |
| promises | yes, with fair steps | temporal formulas, weak and strong fairness; not over several machines | LTL, weak fairness | eventually, right on acyclic paths only | hot states of monitors | hot states of monitors, by a threshold of steps | no | what TLC checks |
| shortest counterexample | yes, whatever the number of workers | by breadth-first search | searched for on demand, or breadth first | breadth first with one thread | no | no | no | as TLC |
| several machines | shards, merged exactly, with overlap | yes, deprecated | swarms of small different searches | no | no | runs beside each other | runs beside each other | as TLC |
| bytes and time | simulation beside it | no | no | no | no | real code, controlled tasks | real code; network, disk and time are simulated | no |
| second reading as oracle | yes, at every step | no | no | no | specification machines | specification monitors | no | the specification, for traces |
| score under mutation | measured below | no | no | no | no | no | no | no |

[^tlc]: [options](https://nightly.tlapl.us/doc/model/tlc-options-page.html), [distributed mode and its limits](https://docs.tlapl.us/learning:distributed), [Apalache](https://github.com/apalache-mc/apalache)
[^spin]: [options of verifiers](https://spinroot.com/spin/Man/Pan.html), [Swarm](https://github.com/nimble-code/Swarm)
[^stateright]: [Property](https://docs.rs/stateright/latest/stateright/struct.Property.html), [CheckerBuilder](https://docs.rs/stateright/latest/stateright/struct.CheckerBuilder.html)
[^p]: [monitors](https://p-org.github.io/P/manual/monitors), [PEx](https://p-org.github.io/P/advanced/pex), [PVerifier](https://p-org.github.io/P/advanced/PVerifierLanguageExtensions/using-pverifier)
[^coyote]: [what it is](https://microsoft.github.io/coyote), [liveness](https://microsoft.github.io/coyote/how-to/liveness-checking)
[^fdb]: [testing](https://apple.github.io/foundationdb/testing.html), [Buggify for clients](https://apple.github.io/foundationdb/client-testing.html)
[^raft]: [specification and trace validation](https://github.com/etcd-io/raft/blob/main/tla/README.md)
`

const modelsText = `
Symmetry is used once: of all status codes a model takes one for each action of the status table, and those that look like another's, and of the findings about a response all together and each one missing.
Codes with the same action are rows of the same column, so what is left out is the same up to the number. There is nothing else to exchange: one client, one server, two directions that differ.
`

const faultsText = `
## Mistakes on purpose

Without touching code, ` + "`--fault`" + ` puts a mistake into a row of a transition table. Those that an honest peer
suffices to show are in the exported models too, behind a switch of the same name in capitals. Small bounds:

`

const mutantsText = `
## Mutants

Each mutant is one small change of a table: a guard, a next phase, an effect dropped, added or moved, a mark, the order of rows, the verdict of a cell that does nothing, an action. ` + "`make mutate`" + ` has all %[1]s of them noticed by the oracle and the explorer together, but for some that change nothing, each class of which it proves or names, and for verdicts
where nothing happens and the text leaves open whether that is ignored or misuse. Here is what exploration alone
notices of %[2]s picked at random (` + "`make mutate-explore N=%[2]s S=1`" + `): by a property that breaks, or by another number of states, steps, or edges than known. What is left changes which
of several causes is told, a mark that no model reads, or a status code that no model takes.

`

const glueText = `
## Faults of the glue

The tables are not all. Between the machines and the sockets stand endpoint, driver, frames, the loop on a socket, adapters: code that no table generates. Three tools watch it.

- **Traces.** TestMain of each package whose tests shake hands has every handshake recorded, whether its test asks for a trace or not; the trace is written as ` + "`--trace`" + ` writes it, read, and judged as ` + "`khp replay`" + `
  does. A step that is no path of the machine, by the fault of the side that recorded it, fails the tests. So do processes that tests start. The orders of the endpoint go through the monitor of the simulation as well.
- **A model of the driver**: what its documentation says, written once more without regard to speed. Both are told the same at random.
- **Faults.** A tool puts one-line faults into the source, by class, each behind a switch, so that a thousand faults cost one build. The catalogue (internal/mutateglue/catalogue) names for each the test that
  notices it, or says why nothing can be noticed. ` + "`make mutate-glue N=100 S=1`" + ` takes 100 of them, runs the test of each, and prints how many are noticed, equivalent and open; N=-1 takes all. A test fails if one
  does not apply any more, or if more are open than were when all faults of %[3]s were tried. Open are those that none of the tests that were asked notices, and of which nobody has said why. Of other packages the catalogue lists no open ones: those that were tried and not noticed there wait for a second try.
  The catalogue has %[1]d of the %[2]d faults that the tool can make today, of which the compiler refuses about a tenth; ` + "`go run ./internal/mutateglue -hunt`" + ` tries others.

`

const toolsText = `
Each tool on its own is shown %s of all %s mutants, picked at random with seed 1 (` + "`make mutate-tools`" + `; N=-1 shows all, each until two have noticed it). Two tools or more notice %s, one alone %s, none %s; with %s there is
nothing to notice: they drop an order that has nothing left to do, ask for what the guard implies (as [invariants.md](invariants.md) proves), or decide between ignored and misuse where the text does not. The tools: the oracle; docs/requirements.tsv,
whose column of actions was written from the text, for status codes; scenarios with what they expect and the monitor of the network; the cases of the conformance suite that people wrote, not its tour, which is made from the tables; the tests of package endpoint, which feed bytes; exploration by
properties, small bounds, without the oracle; and the proof of the cell. Scenarios, cases and tests are asked that look at the cell at all.

`

const whyOneText = `
Why one tool is enough for the rest, which is the oracle's alone:

- **status: another duty.** docs/requirements.tsv has what a client does with a code; which fields a server owes with it, and whether a body, is said in words that no program reads, but for those that models, scenarios and cases send.
- **what does nothing: another verdict.** An event that is accepted without an effect differs from one that is ignored in the word that the caller is told, and in nothing that is done.
- **guards and the order of rows,** where two reasons for an end hold at once: which is told is a decision of [decisions.md](decisions.md), no property. Models offer few such pairs, scenarios some.
- **marks and counts** that are read only in configurations, or behind events, which the small bounds leave out.

There the oracle stands alone, and is asked twice: along its own walk through all configurations, and at each step of all models. It was written from the text by an author who had not seen the tables; nothing here can find a mistake that both readings share.
`

const shardsText = `
## Shards

` + "`khp explore --shard I/N`" + ` walks through the first levels, like all other shards, and goes on from its share of the states there. Merged, the totals are exactly those of one run; a test compares them. Different
ways lead to the same states, so shards overlap. Shards that own parts of the fingerprint space and exchange what they find level by level would not; but every step to a state of another shard would travel, which
are half of all steps between two shards and three quarters between four, with 28 bytes each (fingerprint and encoding): two gigabytes between four, of the default bounds, whose exploration is a matter of seconds on one machine, as is that of all limits at once. So overlap
costs less than exchange, and larger bounds than one machine holds (20 to 40 bytes a state) have been of no use: all limits at once say more. The job for Kubernetes in docs/deploy runs shards where that is wanted. The small bounds, as shares of the whole:

`

const spinText = `
## Beside Spin

` + "`khp graph pair --format promela`" + ` writes both machines, the network, the hosts and the properties as a model for the model checker Spin; [models.md](models.md) tells how to use it, and ` + "`make spin`" + ` compares the
two (%s). Not the number of states is compared but each state, with all of its variables:

`

const spinMoreText = `
Spin runs a model that was compiled to C; the explorer runs the real step functions, which is what it is for, and a host around them that checks each effect. It runs them once for each
machine, event and surroundings: a pair has millions of states, but they consist of ten thousand clients, some hundred servers and as many queues, which are kept once, each with the turns that it
can take. What is left of a step is to look a turn up, to put its messages into the queues, and to look for the new state among those met. A state takes a fingerprint of 8 bytes, 5 to 7 bytes of
an open table of places, and 4 for the state that it was reached from, so that a violation comes with its path at once; those that wait take 20 bytes. A table of fingerprints alone would take 10,
but then a path costs a second exploration and promises have nothing to hold on to.
`

const simulationText = `
## Simulation

What exploration leaves out, bytes and time, runs in ` + "`khp sim`" + `: pairs of real endpoints, adversaries and a virtual network ([scenarios.md](scenarios.md)). %s random schedules with splits, cuts, delays, timers that fire
early, late or twice, and redirects, with all invariants checked after every event, took %.1f s: %s a second, on one core. A plain handshake between client and server is simulated %s times a second. An
hour in which there is a Ping every second passes %s times faster than real time.
`

const uncoveredText = `
## Not covered

- **Bytes.** The models speak in events. That bytes become the right events is tested and fuzzed in wire and endpoint, not explored.
- **Time.** A timer that runs may run out at any moment, so every order of timers and messages is explored, also impossible ones; how long anything takes is not.
- **Deferrals without end.** In pairs without limits a server sends no further 202 while four messages are under way; nothing else bounds what it could send to a client that does not read.
- **URLs.** Whether a redirect target was visited, is refused or usable is a finding that a byzantine model gives freely. The loop detection that computes it is tested by itself.
- **Several connections of one server at a time.** They share nothing in fsm.
- **Application messages.** The honest model sends one in each direction; order and content of more are the business of the WebSocket layer.
- **Both sides byzantine.** There is no machine of ours in it.
- **Which cause goes first.** Where an event is reason for several failures, properties accept each of them; the oracle says which.
`

const documentText = `
## The JSON document

` + "`khp explore --json`" + ` prints one object; fields may be added, and a change of meaning changes ` + "`schema`" + `.

| field | meaning |
| --- | --- |
| schema | ` + "`khp-explore/1`" + ` |
| fault, shard | what was asked for, if it was |
| holds | no property is violated |
| states, steps, seconds | sums over the configurations |
| configurations | for each: model, name, bounds, states, steps, depth (steps to the farthest state), seconds, states_per_second, visited_bytes_per_state (the visited set), total_bytes_per_state (with predecessors and the steps that leads-to needs), collision_probability, client_edges and server_edges (rows of the tables that were taken), violated |
| properties | for each: id, text, kind, held, undecided (a "sometimes" not seen within ` + "`--depth`" + ` or in a shard), configurations (that checked it), violated_in |
| violations | for each, the shortest first: configuration, id, text, kind, steps (step, side, row: id of the row of the table, "-" for none, event, from: the sender of a message, breaks: this step breaks the property), there (the phases at the end), cells (of the tables that the last steps went through), transcript, mermaid |

` + "`--counterexample FILE`" + ` writes the steps of the first violation, one object a line, and a last line with violation (the id), kind, text and configuration. They are events of a model and have no bytes, so they are another format than [traces](traces.md), and ` + "`khp replay`" + ` does not take them. ` + "`--progress json`" + ` writes lines
with configuration, number, of, states, steps, depth, frontier, seconds and rate to stderr.
`
