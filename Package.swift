// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "crew",
    platforms: [.macOS(.v15)],
    targets: [
        .systemLibrary(
            name: "CCurl",
            pkgConfig: "libcurl",
            providers: [.apt(["libcurl4-openssl-dev"]), .brew(["curl"])]
        ),
        .target(name: "CurlClient", dependencies: ["CCurl"]),
        .target(name: "ScriptedServer", path: "Tests/ScriptedServer"),
        .testTarget(
            name: "CurlClientTests",
            dependencies: ["CurlClient", "ScriptedServer"],
            exclude: ["Support/http2_server.py"]
        ),
    ],
    swiftLanguageModes: [.v6]
)

for target in package.targets where target.type != .system {
    var settings = target.swiftSettings ?? []
    settings.append(.enableUpcomingFeature("ExistentialAny"))
    settings.append(.enableUpcomingFeature("MemberImportVisibility"))
    settings.append(.enableUpcomingFeature("InternalImportsByDefault"))
    settings.append(.enableUpcomingFeature("NonisolatedNonsendingByDefault"))
    target.swiftSettings = settings
}
