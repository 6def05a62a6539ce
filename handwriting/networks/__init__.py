"""The networks in torch, for training: the LSTM core, the window, the mixture, the two directions and their losses."""
