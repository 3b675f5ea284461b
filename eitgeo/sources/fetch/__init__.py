"""Official files brought in from the addresses of the register.

The only part of the package that reaches the network. A download that was cut goes on
where it stopped, a file takes its name only once it is whole, of the announced kind and
of the known digest, and ``fetched.csv`` beside the register says what came from where.
"""
