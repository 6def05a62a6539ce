"""Training: one loop for every network, and the training data of each.

========================= ==========================================================================
`options`, `config`       every hyper-parameter with its default; configuration files (no torch)
`recipes`                 named recipes: lists and their shares of an epoch (no torch)
`loop`                    the loop: trains a `TrainingTask` with `TrainingOptions`
`update`                  one update: gradients, clipping, AdamW, the moving average
`reporter`, `curve`       progress bar, skipped batches, the learning curve, TensorBoard
`state`                   a training's state on disk, written atomically
`schedule`, `plan`        learning rates; which examples share a batch
`distributed`             several processes, one gradient
`noise`                   adaptive weight noise
`recognizer`              the recognizer's task: lines of ink under the CTC loss
`data`                    a recognizer's examples and development sets, gathered from corpora
`examples`, `mix`         the examples of one list, and of a mix of several
`encoder`, `augment`      ink as features in training; distortions
`initialise`, `widen`     weights to start from, and how they grow
`recognizer_checkpoint`   writing and reading of a recognizer's checkpoint
`synthesizer`             the synthesizer's task: offsets of a corpus under the mixture's likelihood
`hands`, `fit`            the task of the synthesizer with hands; a hand fitted to a few lines
`adapt`, `replay`         a recognizer adapted to one person; replayed lines in other hands
`jobs`                    fitting and adapting as the page's server calls them (no torch until they run)
`items`, `lines`          its training data: prepared pieces of writing, and lines composed of them
`strings`                 random numbers, prices, addresses and symbols for these lines
`export`                  the ONNX graph built from the weights, and its int8 form
========================= ==========================================================================
"""
