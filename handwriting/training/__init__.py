"""Training: one loop for every network, and what each network trains on.

=============== ====================================================================
`loop`          the loop; what it trains is a `Task`, how is `Options`
`recognizer`    the recognizer's task: lines of a corpus under the CTC loss
`mixed`         the recognizer's task on several lists of several corpora
`mixture`       what an epoch draws from several lists: lines, words set side by side, characters
`recipes`       lists and shares by name
`synthesizer`   the synthesizer's task: offsets of a corpus under the mixture's likelihood
`plan`          which examples share a batch
`schedule`      learning rates as functions of the step
`state`         a training's state on disk, whole or not at all
`distributed`   several processes, one gradient
`curve`         the learning curve as CSV and PNG
`export`        the ONNX graph built from the weights, and its int8 form
=============== ====================================================================
"""
