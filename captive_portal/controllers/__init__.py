"""Controllers: what the portal asks, over the network, to let visitors in and to say what they used."""
