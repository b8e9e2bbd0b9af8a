import CrewCLI

await CrewProgram.main()
