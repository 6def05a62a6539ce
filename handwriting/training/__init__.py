"""Training: one loop for every network, and what each network trains on.

========================= ==========================================================================
`options`, `config`       every hyper-parameter with its default; configuration files (no torch)
`recipes`                 lists and shares by name (no torch)
`loop`                    the loop: trains a `TrainingTask` with `TrainingOptions`
`update`                  one update: gradients, clipping, AdamW, the moving average
`reporter`, `curve`       progress bar, skipped batches, the learning curve, TensorBoard
`state`                   a training's state on disk, complete or not there at all
`schedule`, `plan`        learning rates; which examples share a batch
`distributed`             several processes, one gradient
`noise`                   adaptive weight noise
`recognizer`              the recognizer's task: lines of ink under the CTC loss
`data`                    a recognizer's examples and development sets, gathered from corpora
`examples`, `mix`         the examples of one list, and of a mix of several
`encoder`, `augment`      ink as features in training; distortions
`initialise`, `widen`     weights to start from, and how they grow
`recognizer_checkpoint`   a recognizer's checkpoint, written and read
`synthesizer`             the synthesizer's task: offsets of a corpus under the mixture's likelihood
`hands`, `fit`            the task of the synthesizer with hands; a hand fitted to a few lines
`adapt`, `replay`         a recognizer adapted to one person; the lines that it rehearses meanwhile
`jobs`                    fitting and adapting as the page's server calls them (no torch until they run)
`items`, `lines`          what it trains on: prepared pieces of writing, and lines made up of them
`strings`                 made-up numbers, prices, addresses and symbols for these lines
`export`                  the ONNX graph built from the weights, and its int8 form
========================= ==========================================================================
"""
