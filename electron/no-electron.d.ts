// An empty module: importing anything from electron here is a type error (the engine runs without it).
export {}
