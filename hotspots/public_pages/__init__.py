"""What authorities show to the public: their look, their words, their ways in, their places."""
