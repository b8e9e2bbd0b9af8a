// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "crew",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "crew", targets: ["crew"]),
        .library(name: "CrewKit", targets: ["CrewKit"]),
        .library(name: "CrewTesting", targets: ["CrewTesting"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
    ],
    targets: [
        // What stands below may not know what stands above; see Docs/Architecture.md.
        .systemLibrary(
            name: "CCurl",
            pkgConfig: "libcurl",
            providers: [.apt(["libcurl4-openssl-dev"]), .brew(["curl"])]
        ),
        .target(name: "CurlClient", dependencies: ["CCurl"]),
        .target(name: "ChatModel", dependencies: [.product(name: "OrderedCollections", package: "swift-collections")]),
        .target(name: "ModelTraffic", dependencies: ["ChatModel", .product(name: "Crypto", package: "swift-crypto")]),
        .target(name: "OpenAIChat", dependencies: ["ChatModel", "CurlClient"]),
        .target(
            name: "Prompts",
            path: "Prompts",
            sources: ["Prompts.swift"],
            resources: [
                "agent", "assignment", "coordinator", "board", "schema", "repair", "aggregate", "answer-tool", "data",
                "commission", "member-crew",
            ].map { .embedInCode("\($0).md") } + [.embedInCode("trial.txt")]
        ),
        .target(
            name: "CrewCore",
            dependencies: ["ChatModel", "Prompts", .product(name: "Crypto", package: "swift-crypto")]
        ),
        .target(name: "CConfined"),
        .target(
            name: "CrewRuntime",
            dependencies: ["CrewCore", "ChatModel", .product(name: "Logging", package: "swift-log")]
        ),
        .target(name: "CrewTools", dependencies: ["CrewRuntime", "CrewCore", "ChatModel", "CConfined"]),
        .target(
            name: "CrewStore",
            dependencies: ["CrewRuntime", "CrewCore", "ChatModel", .product(name: "Crypto", package: "swift-crypto")]
        ),
        .target(
            name: "CrewSQLite",
            dependencies: [
                "CrewStore", "CrewRuntime", "CrewCore", "ChatModel", "ModelTraffic",
                .product(name: "GRDB", package: "GRDB.swift"), .product(name: "GRDBSQLite", package: "GRDB.swift"),
                .product(name: "Crypto", package: "swift-crypto"),
            ]
        ),
        .target(name: "CrewFile", dependencies: ["CrewTools", "CrewCore", "ChatModel", "Yams"]),
        .target(
            name: "CrewKit",
            dependencies: [
                "CrewRuntime", "CrewStore", "CrewSQLite", "CrewTools", "CrewFile", "OpenAIChat", "ModelTraffic",
                "Prompts", .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .target(name: "CrewReport", dependencies: ["CrewCore", "ChatModel"]),
        .target(
            name: "CrewCLI",
            dependencies: [
                "CrewKit", "CrewReport", "CrewCore", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]
        ),
        .executableTarget(name: "crew", dependencies: ["CrewCLI"]),

        // For the tests of those who write crews, and for our own.
        .target(
            name: "CrewTesting",
            dependencies: ["CrewTools", "CrewRuntime", "CrewCore", "ChatModel", "ModelTraffic"]
        ),
        .testTarget(name: "CrewTestingTests", dependencies: ["CrewTesting", "CrewKit"]),

        // The benchmarks: a scripted endpoint, and the floor that the ratios are taken from.
        .executableTarget(name: "bench-server", path: "Sources/BenchServer"),
        .executableTarget(
            name: "bench-baseline",
            dependencies: ["CCurl"],
            path: "Sources/BenchBaseline",
            linkerSettings: [.linkedLibrary("curl"), .linkedLibrary("sqlite3")]
        ),
        .executableTarget(name: "crew-bench", dependencies: ["CrewKit"], path: "Sources/CrewBench"),

        // What the tests have shown, for Docs/reliability.md.
        .target(name: "Evidence", path: "Tests/Evidence"),
        .target(name: "ScriptedServer", path: "Tests/ScriptedServer"),
        .executableTarget(
            name: "CrewStoreProbe",
            dependencies: ["ChatModel", "CrewStore", "CrewSQLite", "CrewRuntime", "CrewCore"],
            path: "Tests/CrewStoreProbe"
        ),
        // The core in a world of which everything follows from a seed; see Docs/Architecture.md.
        .target(name: "Simulation", dependencies: ["CrewCore", "ChatModel", "OpenAIChat"], path: "Tests/Simulation"),
        .executableTarget(name: "simulate", dependencies: ["Simulation"], path: "Tests/Simulate"),
        .testTarget(name: "SimulationTests", dependencies: ["Evidence", "Simulation"]),
        .testTarget(name: "ChatModelTests", dependencies: ["Evidence", "CrewTesting", "ChatModel"]),
        .testTarget(
            name: "CrewKitTests",
            dependencies: [
                "Evidence", "CrewKit", "CrewTesting", "ScriptedServer",
                .product(name: "Logging", package: "swift-log"),
            ],
            exclude: ["tls_server.py"]
        ),
        .testTarget(
            name: "CurlClientTests",
            dependencies: ["Evidence", "CurlClient", "ScriptedServer"],
            exclude: ["Support/http2_server.py"]
        ),
        .testTarget(
            name: "OpenAIChatTests",
            dependencies: ["Evidence", "OpenAIChat", "ChatModel", "CurlClient", "ScriptedServer"]
        ),
        .testTarget(name: "ModelTrafficTests", dependencies: ["Evidence", "CrewTesting", "ModelTraffic", "ChatModel"]),
        .testTarget(
            name: "CrewCoreTests",
            dependencies: ["Evidence", "CrewTesting", "CrewCore", "CrewTools", "ChatModel", "Prompts"],
            exclude: ["Budget/published_prices.py"]
        ),
        .testTarget(
            name: "CrewRuntimeTests",
            dependencies: [
                "Evidence", "CrewTesting", "CrewRuntime", "CrewTools", "CrewCore", "ChatModel", "OpenAIChat",
                "ModelTraffic",
                "CurlClient", "ScriptedServer",
            ]
        ),
        .testTarget(
            name: "CrewToolsTests",
            dependencies: ["Evidence", "CrewTesting", "CrewTools", "CrewRuntime", "CrewCore", "ChatModel", "CConfined"]
        ),
        .testTarget(
            name: "CrewFileTests",
            dependencies: ["Evidence", "CrewTesting", "CrewFile", "CrewCore", "ChatModel"]
        ),
        .testTarget(
            name: "CrewCLITests",
            dependencies: [
                "Evidence", "CrewCLI", "CrewReport", "CrewKit", "CrewRuntime", "CrewCore", "ChatModel",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            exclude: ["Snapshots"]
        ),
        .testTarget(
            name: "CrewStoreTests",
            dependencies: [
                "Evidence", "CrewTesting", "CrewStore", "CrewSQLite", "CrewStoreProbe", "CrewRuntime", "CrewTools",
                "CrewCore",
                "ChatModel",
                "ModelTraffic",
                "OpenAIChat", .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            exclude: ["Golden"]
        ),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "Evidence", "CrewTesting", "ScriptedServer", "crew", "CrewStore", "CrewSQLite", "CrewRuntime",
                "CrewCore", "ChatModel",
                "CurlClient",
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            exclude: ["Support/fault_server.py", "Support/terminal.py", "Crash/disk_faults.c"]
        ),
    ],
    swiftLanguageModes: [.v6]
)

for target in package.targets where target.type != .system {
    var settings = target.swiftSettings ?? []
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0335-existential-any.md
    settings.append(.enableUpcomingFeature("ExistentialAny"))
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0444-member-import-visibility.md
    settings.append(.enableUpcomingFeature("MemberImportVisibility"))
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0409-access-level-on-imports.md
    settings.append(.enableUpcomingFeature("InternalImportsByDefault"))
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0461-async-function-isolation.md
    settings.append(.enableUpcomingFeature("NonisolatedNonsendingByDefault"))
    target.swiftSettings = settings
}
